package maildrift.monitor.importing;

/**
 * A text of a list, and where it begins.
 *
 * @param line from 1
 * @param column from 1
 */
record Cell(String text, int line, int column) {}
