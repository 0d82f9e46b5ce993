/**
 * From looks to alerts: pending until enough looks agree, firing until a clean look, frozen by a
 * gap. Pure; what it says is stored and told by others.
 */
@NullMarked
package maildrift.alerts.state;

import org.jspecify.annotations.NullMarked;
