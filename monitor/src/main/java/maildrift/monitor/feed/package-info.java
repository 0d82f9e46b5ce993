/**
 * Networks that publishers list on the web: what their documents say. Pure; who fetches them, and
 * how often, is wiring, and what is made of the networks is the netblocks probe's business.
 */
@NullMarked
package maildrift.monitor.feed;

import org.jspecify.annotations.NullMarked;
