"""Publish single values at a steady rate, each dated with the instant it is sent.

`python -m bench.telemetry.publisher PORT MESSAGES_PER_S SECONDS DEVICES`, in a process of its own.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from bench.telemetry.plant import client_of, connect, topic_of


def main(port: int, per_second: float, seconds: float, devices: int) -> None:
    """Publish for a while; a moment that was missed is made up for."""
    client = client_of("bench-publisher", keep=False)
    client.max_inflight_messages_set(2000)
    connect(client, port)
    client.loop_start()
    began, sent = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        for number in range(sent, int(now * per_second)):
            body = f'{{"ts":"{datetime.now(UTC).isoformat()}","values":{{"v0":{400 + number % 500 / 10}}}}}'
            client.publish(topic_of(number % devices, 1), body, qos=1)
        sent = max(sent, int(now * per_second))
        time.sleep(0.002)
    print(sent)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
