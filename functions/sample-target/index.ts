import { Logger } from "@aws-lambda-powertools/logger";
import { onTick } from "../../tick/src/on-tick";
import { systemClock } from "../runtime/clock";
import { metricsVariables } from "../runtime/environment";
import { embeddedMetrics } from "../runtime/metrics";
import { startMeter } from "../runtime/start-meter";
import { sampleTarget } from "./run";

const logger = new Logger();
const meter = startMeter(embeddedMetrics(...metricsVariables()));

/** The target of schedules that name none: it uses the package for targets, as a user's function would. */
export const handler = onTick(...sampleTarget({ clock: systemClock, random: Math.random, logger, meter }));
