/** A request of the operator's own making, for services that no other kind of receiver knows. */
@NullMarked
package maildrift.alerts.notify.template;

import org.jspecify.annotations.NullMarked;
