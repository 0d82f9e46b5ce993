/**
 * DKIM key records (RFC 6376 §3.6.1, RFC 8301, RFC 8463): the tag-list grammar, public keys, the
 * comparison with the key that ought to be there, and the probe. No signatures are made or verified
 * here.
 */
@NullMarked
package maildrift.probes.dkim;

import org.jspecify.annotations.NullMarked;
