package maildrift.monitor.check;

/**
 * The authoritative servers contradict each other.
 *
 * @param question e.g. {@code contoso.tld MX}
 * @param answers who said what, for people
 */
public record Contradiction(String question, String answers) {}
