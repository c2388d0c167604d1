import "../styles/app.css";
import { startHelpers } from "../shared/helpers";
import { startPhotos } from "../shared/photos";
import { startShell } from "../shell/start";

startShell();
startHelpers();
startPhotos();
if (document.querySelector("[data-where]"))
  void import("../public/where").then((where) => where.startWhere());
if (document.querySelector("[data-plot]")) void import("../public/plots").then((plots) => plots.startPlots());
if (document.querySelector("[data-features]"))
  void import("../public/features").then((features) => features.startFeatures());
