/**
 * Whether a domain that moves from one profile to another is ready for it, how far it has come, and
 * what it left behind. What is right meanwhile is not judged here: the other probes are given the
 * declaration as it holds at their time. Nothing here asks anything for a domain that stays.
 */
@NullMarked
package maildrift.probes.migration;

import org.jspecify.annotations.NullMarked;
