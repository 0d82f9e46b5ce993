/** Messages in a Slack channel, over an incoming webhook. */
@NullMarked
package maildrift.alerts.notify.slack;

import org.jspecify.annotations.NullMarked;
