export type * from './forecast.ts';
export { forecastEvent } from './forecast-event.ts';
