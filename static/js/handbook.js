// The handbook's list of shortcuts, from the table that the meeting's page handles keys by.
import { writeHelp } from "./room/keys.js";

writeHelp(document.querySelector("[data-keys]"));
