# Sourced by the scripts beside it: find a Python that is new enough, then hand over.
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

chabaka() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      exec "$candidate" "$here/run.py" "$@"
    fi
  done
  echo "Chabaka needs Python 3.11 or newer (Debian 12: apt-get install python3)." >&2
  exit 1
}
