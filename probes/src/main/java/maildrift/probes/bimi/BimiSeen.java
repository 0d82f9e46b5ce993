package maildrift.probes.bimi;

import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.https.Document;

/**
 * What was seen.
 *
 * @param txt the answer to the TXT question at {@code default._bimi}
 * @param logo what became of it, where a usable record names one
 * @param certificate what became of the mark certificate, where one is named
 */
public record BimiSeen(
    Answer txt, Optional<Document.Asked> logo, Optional<Document.Asked> certificate) {}
