/**
 * What a tenant reads once a week: how its domains are, what happened, what is due. The content and
 * its words are pure; that it is made once, and owed, is {@link maildrift.monitor.digest.Digests}.
 */
@NullMarked
package maildrift.monitor.digest;

import org.jspecify.annotations.NullMarked;
