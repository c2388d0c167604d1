import "../styles/app.css";
import { startHelpers } from "../shared/helpers";
import { startLocate } from "../shared/locate";
import { startPhotos } from "../shared/photos";
import { startShell } from "../shell/start";

startShell();
startHelpers();
startPhotos();
startLocate();
