package maildrift.probes.bimi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import maildrift.probes.smtp.CleanText;

/**
 * Whether a logo is SVG Tiny Portable/Secure (draft-svg-tiny-ps-abrotman), as far as that can be
 * told without drawing it. Nothing is resolved or fetched: no DTD, no entities.
 */
final class Svg {
  /** What receivers are asked to take. */
  static final int MAX_OCTETS = 32 * 1024;

  /** What is read of a compressed one. */
  private static final int MAX_INFLATED = 256 * 1024;

  private static final int MAX_DEPTH = 100;
  private static final int MAX_PROBLEMS = 8;
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";

  /** Scripts, animations, media and links, which the profile takes out of SVG Tiny 1.2. */
  private static final Set<String> FORBIDDEN =
      Set.of(
          "a",
          "animate",
          "animateColor",
          "animateMotion",
          "animateTransform",
          "animation",
          "audio",
          "discard",
          "foreignObject",
          "handler",
          "image",
          "listener",
          "mpath",
          "prefetch",
          "script",
          "set",
          "video");

  private final Set<String> problems = new LinkedHashSet<>();
  private boolean hasTitle;

  private Svg() {}

  /** Half sentences that begin with "it"; none where it is fine. */
  static List<String> problems(byte[] document) {
    var svg = new Svg();
    if (document.length > MAX_OCTETS) {
      svg.problems.add("it has %d octets, more than %d".formatted(document.length, MAX_OCTETS));
    }
    try {
      var inflated = inflated(document);
      if (inflated.length > MAX_INFLATED) {
        // Cut there, even a sound one would be no XML.
        svg.problems.add("it has more than %d octets, decompressed".formatted(MAX_INFLATED));
      } else {
        svg.read(inflated);
      }
    } catch (XMLStreamException | RuntimeException e) {
      // RuntimeException: whatever the parser trips over in a stranger's octets is his.
      svg.problems.add("it is no well-formed XML");
    } catch (IOException _) {
      svg.problems.add("it cannot be decompressed");
    }
    return new ArrayList<>(svg.problems).subList(0, Math.min(MAX_PROBLEMS, svg.problems.size()));
  }

  private static byte[] inflated(byte[] document) throws IOException {
    if (document.length < 2 || document[0] != 0x1f || document[1] != (byte) 0x8b) {
      return document;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(document))) {
      return in.readNBytes(MAX_INFLATED + 1);
    }
  }

  private void read(byte[] document) throws XMLStreamException {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    var reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
    var path = new ArrayList<String>();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          element(reader, path.isEmpty());
          path.add(reader.getLocalName());
          if (path.size() > MAX_DEPTH) {
            problems.add("it is nested too deeply");
            return;
          }
        }
        case XMLStreamConstants.END_ELEMENT -> path.removeLast();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text(reader.getText(), path);
        case XMLStreamConstants.DTD -> problems.add("it has a document type declaration");
        case XMLStreamConstants.PROCESSING_INSTRUCTION -> {
          if ("xml-stylesheet".equals(reader.getPITarget())) {
            problems.add("it refers to a style sheet");
          }
        }
        default -> {}
      }
    }
    if (!hasTitle) {
      problems.add("it has no title");
    }
  }

  private void element(XMLStreamReader reader, boolean isRoot) {
    var name = reader.getLocalName();
    if (isRoot) {
      root(reader);
    }
    if (FORBIDDEN.contains(name)) {
      problems.add("it has an element <%s>".formatted(name));
    }
    for (var i = 0; i < reader.getAttributeCount(); i++) {
      var attribute = reader.getAttributeLocalName(i);
      var value = reader.getAttributeValue(i).strip();
      if (attribute.length() > 2 && attribute.startsWith("on")) {
        problems.add("it has an event handler, %s".formatted(CleanText.of(attribute, 30)));
      } else if (attribute.equals("href") ? !value.startsWith("#") : refersElsewhere(value)) {
        problems.add("it refers to something outside: %s".formatted(CleanText.of(value, 60)));
      } else if (attribute.equals("base") && "xml".equals(reader.getAttributePrefix(i))) {
        problems.add("it has xml:base");
      }
    }
  }

  private void root(XMLStreamReader reader) {
    if (!reader.getLocalName().equals("svg") || !NAMESPACE.equals(reader.getNamespaceURI())) {
      problems.add(
          "it is no SVG: its root is <%s>".formatted(CleanText.of(reader.getLocalName(), 30)));
      return;
    }
    if (!"1.2".equals(reader.getAttributeValue(null, "version"))) {
      problems.add("it lacks version=\"1.2\"");
    }
    if (!"tiny-ps".equals(reader.getAttributeValue(null, "baseProfile"))) {
      problems.add("it lacks baseProfile=\"tiny-ps\"");
    }
    for (var name : List.of("x", "y")) {
      if (reader.getAttributeValue(null, name) != null) {
        problems.add("its root has %s=".formatted(name));
      }
    }
  }

  private void text(String text, List<String> path) {
    if (path.size() == 2 && path.getLast().equals("title") && !text.isBlank()) {
      hasTitle = true;
    }
    if (!path.isEmpty()
        && path.getLast().equals("style")
        && (text.contains("@import") || refersElsewhere(text))) {
      problems.add("its style refers to something outside");
    }
  }

  /** A CSS url(…) that is no fragment of the document itself. */
  private static boolean refersElsewhere(String value) {
    var lower = value.toLowerCase(Locale.ROOT);
    for (var at = lower.indexOf("url("); at >= 0; at = lower.indexOf("url(", at + 4)) {
      var from = at + 4;
      while (from < lower.length() && " '\"\t".indexOf(lower.charAt(from)) >= 0) {
        from++;
      }
      if (from >= lower.length() || lower.charAt(from) != '#') {
        return true;
      }
    }
    return false;
  }
}
