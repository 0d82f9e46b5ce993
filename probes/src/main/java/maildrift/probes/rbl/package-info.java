/**
 * DNS blocklists that the operator names: whether the domain, its MX addresses and its gateways'
 * stand there, and whether a list is one at all. Which lists are worth asking does not belong here,
 * nor does any list by default.
 */
@NullMarked
package maildrift.probes.rbl;

import org.jspecify.annotations.NullMarked;
