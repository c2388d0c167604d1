import "../styles/app.css";
import { startRefresh } from "../dispatch/refresh";
import { startUpload } from "../network/upload";
import { startHelpers } from "../shared/helpers";
import { startHtmx } from "../shell/htmx";
import { startShell } from "../shell/start";

startShell();
startHtmx();
startHelpers();
startUpload();
void startRefresh();
