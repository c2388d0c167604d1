import "../styles/app.css";
import { loadTexts } from "../i18n";
import { startQuality } from "../network/quality";
import { startHelpers } from "../shared/helpers";
import { startHtmx } from "../shell/htmx";
import { startShell } from "../shell/start";

startShell();
startHtmx();
startHelpers();
await loadTexts();
await startQuality();
