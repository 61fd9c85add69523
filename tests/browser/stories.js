// All stories, one after the other: they share one browser and one program.

import "./stories/booking.js";
import "./stories/trouble.js";
import "./stories/own.js";
import "./stories/request.js";
import "./stories/accessible.js";
import "./stories/day.js";
