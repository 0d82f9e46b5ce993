/**
 * What the daemon must not forget: the state of every domain, alerts, what receivers have been
 * told, what is owed to them, and the history of changes. One class a table, SQL in text blocks;
 * H2, PostgreSQL and the in-memory twin pass the same contract test. Nothing of JDBC, Jdbi, Flyway
 * or H2 leaves this package, and nothing here decides anything about domains or alerts.
 */
@NullMarked
package maildrift.monitor.store;

import org.jspecify.annotations.NullMarked;
