import type { Notification, NotificationGateway } from '../../notifications';

/** Topics and queues for tests: they keep what they got, and those that are broken take nothing. */
export class NotificationsInMemory implements NotificationGateway {
  readonly sent: Notification[] = [];
  readonly broken = new Set<string>();

  send(notification: Notification): Promise<void> {
    if (this.broken.has(notification.targetArn)) {
      return Promise.reject(new Error(`${notification.targetArn} does not exist`));
    }
    this.sent.push(notification);
    return Promise.resolve();
  }
}
