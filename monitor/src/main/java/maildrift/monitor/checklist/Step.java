package maildrift.monitor.checklist;

import java.util.List;

/**
 * One step of a checklist.
 *
 * @param id within its checklist, for ever: ticks and links name it
 * @param why what goes wrong without it, with placeholders
 * @param how what to do, with placeholders
 * @param person only a person can tell, at least of a part of it
 * @param statements of the documents that maildrift came from, e.g. {@code 1.17}; see
 *     docs/statements.md
 */
public record Step(
    String id,
    String title,
    String why,
    String how,
    See see,
    When when,
    boolean person,
    List<String> statements) {
  public Step {
    statements = List.copyOf(statements);
  }
}
