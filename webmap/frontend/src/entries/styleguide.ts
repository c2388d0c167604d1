import "../styles/app.css";
import "../styles/styleguide.css";
import { startShell } from "../shell/start";

startShell();
