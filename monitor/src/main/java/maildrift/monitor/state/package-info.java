/**
 * The latest of every domain, in memory: what metrics, API and page show, kept as small blobs
 * instead of object graphs. Written by the watch after each look, read by everyone without a lock.
 */
@NullMarked
package maildrift.monitor.state;

import org.jspecify.annotations.NullMarked;
