/** Convolution, forward: the stepper and nothing else. */

import "../js/stepper.js";
