import type { Alarm } from "../api/types";

/** One line of the alarm list. `consequences` counts what came with the first alarm of an event. */
export interface GroupedAlarm {
  alarm: Alarm;
  isConsequence: boolean;
  isUnfolded: boolean;
  consequences: number;
  /** The event as its newest alarm tells of it: those before do not hear of each that joins. */
  group: Alarm["group"];
  /** How many of the event wait to be acknowledged. */
  waiting: number;
  /** Of a folded event the most urgent of all it holds: the fold must not hide it. */
  priority: number;
}

/**
 * Put the alarms of one event under its first one, in the order given; folded unless asked for.
 * Where the first has ended, the first that remains stands for the event.
 */
export function grouped(alarms: readonly Alarm[], unfolded: ReadonlySet<number>): GroupedAlarm[] {
  const events = new Map<number, Alarm[]>();
  for (const alarm of alarms)
    if (alarm.group) events.set(alarm.group.id, [...(events.get(alarm.group.id) ?? []), alarm]);
  const done = new Set<number>();
  return alarms.flatMap((alarm) => {
    const event = alarm.group && events.get(alarm.group.id);
    if (!alarm.group || !event || event.length < 2) return [row(alarm)];
    if (done.has(alarm.group.id)) return [];
    done.add(alarm.group.id);
    const group = newest(event);
    const root = group?.root_alarm;
    const first = event.find((one) => one.id === root) ?? alarm;
    const rest = event.filter((one) => one !== first);
    const isUnfolded = unfolded.has(alarm.group.id);
    const waiting = event.filter((one) => one.state.endsWith("unacknowledged")).length;
    const urgent = Math.min(...event.map((one) => one.priority));
    const priority = isUnfolded ? first.priority : urgent;
    const head = { ...row(first), isUnfolded, consequences: rest.length, waiting, priority, group };
    return isUnfolded ? [head, ...rest.map((one) => ({ ...row(one), isConsequence: true }))] : [head];
  });
}

function newest(event: readonly Alarm[]): Alarm["group"] {
  const told = event.flatMap((one) => one.group ?? []);
  return told.reduce((a, b) => (b.version > a.version ? b : a));
}

function row(alarm: Alarm): GroupedAlarm {
  const { group, priority } = alarm;
  return { alarm, group, priority, isConsequence: false, isUnfolded: false, consequences: 0, waiting: 0 };
}
