import "../styles/app.css";
import "../styles/console.css";
import { loadTexts } from "../i18n";
import { startHtmx } from "../shell/htmx";
import { startShell } from "../shell/start";

startShell();
startHtmx();
if (document.querySelector("#console")) {
  const [{ startConsole }] = await Promise.all([import("../console/start"), loadTexts()]);
  await startConsole();
}
