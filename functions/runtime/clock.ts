/** The clock that the cores are given, so that tests can inject their own: that of the package for targets, which stands alone. */
export { type Clock, systemClock } from "../../tick/src/hold";
