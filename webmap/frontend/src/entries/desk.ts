import "../styles/app.css";
import { startRefresh } from "../dispatch/refresh";
import { startHelpers } from "../shared/helpers";
import { startHtmx } from "../shell/htmx";
import { startShell } from "../shell/start";

startShell();
startHtmx();
startHelpers();
void startRefresh();
