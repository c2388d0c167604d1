import { Problem } from "../api/client";
import { when } from "../format";
import { t } from "../i18n";
import { h, must, setText } from "../ui/h";
import { acknowledgeGroup } from "./data";
import type { GroupedAlarm } from "./groups";
import { toast } from "./toasts";

/** Show on the first alarm of an event how many came with it, and on those why they belong to it. */
export function updateGroup(item: HTMLElement, row: GroupedAlarm, toggle: (group: number) => void): void {
  item.classList.toggle("row-consequence", row.isConsequence);
  const why = item.querySelector(".row-why");
  if (row.isConsequence && row.alarm.group) {
    if (why) setText(why, row.alarm.group.why);
    else must(".row-state", item).after(h("span", { class: "row-why" }, row.alarm.group.why));
  } else why?.remove();
  item.classList.toggle("row-groups", row.consequences > 0);
  // One that waits inside the fold has no other button; nor may the fold hide that it waits.
  if (row.consequences) item.classList.toggle("row-called", row.waiting > 0);
  keepButtons(item, row, toggle);
}

/** Draw the buttons of an event anew only where they change: somebody may be on one of them. */
function keepButtons(item: HTMLElement, row: GroupedAlarm, toggle: (group: number) => void): void {
  const { group } = row;
  const drawn =
    group && row.consequences ? [group.version, row.consequences, row.waiting, row.isUnfolded] : [];
  const old = item.querySelector<HTMLElement>(".row-group");
  if ((old?.dataset["drawn"] ?? "") === drawn.join()) return;
  const held = old?.contains(document.activeElement) ? document.activeElement : null;
  const name = held instanceof HTMLElement ? held.dataset["testid"] : undefined;
  old?.remove();
  if (group && row.consequences)
    item.append(
      h("span", { class: "row-group", "data-drawn": drawn.join() }, ...buttons(row, group, toggle)),
    );
  if (name) (item.querySelector<HTMLElement>(`[data-testid=${name}]`) ?? must(".row", item)).focus();
}

function buttons(
  row: GroupedAlarm,
  group: { id: number; version: number },
  toggle: (group: number) => void,
): HTMLElement[] {
  const fold = h(
    "button",
    {
      class: "btn btn-xs",
      type: "button",
      "aria-expanded": String(row.isUnfolded),
      "data-testid": "group-fold",
      onclick: (() => toggle(group.id)) as EventListener,
    },
    t("alarms.consequences", { n: row.consequences }),
  );
  const isRootWaiting = row.alarm.state.endsWith("unacknowledged");
  if (row.waiting <= (isRootWaiting ? 1 : 0)) return [fold];
  const all = h(
    "button",
    {
      class: "btn btn-xs",
      type: "button",
      "data-testid": "group-ack",
      onclick: (() => void acknowledgeAll(group.id, group.version)) as EventListener,
    },
    t("alarms.acknowledge_all", { n: row.waiting }),
  );
  return [fold, all];
}

async function acknowledgeAll(id: number, version: number): Promise<void> {
  try {
    await acknowledgeGroup(id, version);
    toast("success", t("alarms.done", { title: t("alarms.group"), at: when(new Date()) }));
  } catch (error) {
    toast("error", error instanceof Problem ? error.message : t("error.unreachable"));
  }
}
