import "../styles/app.css";
import { startShell } from "../shell/start";

startShell();
