/**
 * MTA-STS (RFC 8461): the TXT record by which a domain says that it has a policy, the policy
 * itself, and whether the mail hosts satisfy it. How documents and mail hosts are read does not
 * belong here.
 */
@NullMarked
package maildrift.probes.mtasts;

import org.jspecify.annotations.NullMarked;
