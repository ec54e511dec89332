export type { Notice } from '../delivery/notice.ts';
export { wantNotice } from '../delivery/want-notice.ts';
export { deliverNotifications } from './deliver-notifications.ts';
export type { NotificationSources } from './notification-sources.ts';
export { postOutside } from './post-outside.ts';
