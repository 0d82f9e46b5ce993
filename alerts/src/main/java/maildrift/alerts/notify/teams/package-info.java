/** Cards in a Microsoft Teams chat or channel, over a workflow of Power Automate. */
@NullMarked
package maildrift.alerts.notify.teams;

import org.jspecify.annotations.NullMarked;
