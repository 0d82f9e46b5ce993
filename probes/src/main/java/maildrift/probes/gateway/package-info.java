/**
 * The names of a mail host's address side by side: what it is called in reverse, where that name
 * leads, how it greets, what it says of itself, and under which name mail is sent to it. What it
 * presents under TLS does not belong here, and neither does where a domain's mail should go.
 */
@NullMarked
package maildrift.probes.gateway;

import org.jspecify.annotations.NullMarked;
