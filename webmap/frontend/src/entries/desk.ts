import "../styles/app.css";
import { startRefresh } from "../dispatch/refresh";
import { startUpload } from "../network/upload";
import { startAges } from "../shared/ages";
import { startDays } from "../shared/days";
import { startHelpers } from "../shared/helpers";
import { startHtmx } from "../shell/htmx";
import { startShell } from "../shell/start";

startShell();
startHtmx();
startHelpers();
startDays();
startUpload();
void startRefresh();
void startAges();
const zoneMap = document.querySelector<HTMLElement>("[data-zone-map]");
if (zoneMap) void import("../zones/start").then((zones) => zones.startZones(zoneMap));
