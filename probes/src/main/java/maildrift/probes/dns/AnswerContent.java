package maildrift.probes.dns;

import java.util.List;

/** What of two servers' answers is compared. */
public final class AnswerContent {
  private AnswerContent() {}

  /**
   * Equal for answers that say the same: neither the TTL counts, which counts down on some, nor the
   * order of the records, nor how they say "none".
   */
  public static List<Object> of(Answer answer) {
    return switch (answer) {
      case Answer.Found found -> List.of(found.records(), found.aliases());
      case Answer.NoData none -> List.of(none.aliases());
      case Answer.NoSuchName none -> List.of(none.aliases());
      case Answer.Unanswered unanswered -> List.of(unanswered.failure());
    };
  }

  /** For people, at most {@code most} characters. */
  public static String text(Answer answer, int most) {
    var text =
        switch (answer) {
          case Answer.Found found ->
              String.join(" | ", found.records().stream().map(Rdata::text).toList())
                  + via(found.aliases());
          case Answer.NoData none -> "there is none" + via(none.aliases());
          case Answer.NoSuchName none -> "there is none" + via(none.aliases());
          case Answer.Unanswered unanswered -> unanswered.why();
        };
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  private static String via(List<DnsName> aliases) {
    return aliases.isEmpty() ? "" : " by CNAME " + aliases.getLast();
  }
}
