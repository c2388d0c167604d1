import "../styles/app.css";
import { startCorrection } from "../field/correction";
import { startOutbox } from "../outbox/start";
import { startHelpers } from "../shared/helpers";
import { startLocate } from "../shared/locate";
import { startPhotos } from "../shared/photos";
import { startShell } from "../shell/start";

startShell();
startHelpers();
startPhotos();
startLocate();
void startOutbox().then((outbox) => outbox && startCorrection(outbox));
