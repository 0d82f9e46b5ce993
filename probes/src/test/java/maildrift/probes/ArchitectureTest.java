package maildrift.probes;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NetworkChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What may know what in this module, and what nobody may use on text from outside. */
@AnalyzeClasses(packages = "maildrift.probes", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final Set<String> NAMES_THAT_SAY_NOTHING =
      Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl", "misc");

  @ArchTest
  static final ArchRule IT_KNOWS_NO_ALERTS_NO_DATABASE_AND_NO_SERVER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "maildrift.alerts..",
              "maildrift.monitor..",
              "java.sql..",
              "javax.naming.spi..",
              "io.vertx..",
              "io.micrometer..",
              "org.quartz..");

  @ArchTest
  static final ArchRule ONLY_THE_DOORS_OPEN_SOCKETS =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "maildrift.probes.dns..", "maildrift.probes.smtp..", "maildrift.probes.https..")
          .should()
          .dependOnClassesThat(
              assignableTo(Socket.class)
                  .or(assignableTo(ServerSocket.class))
                  .or(assignableTo(DatagramSocket.class))
                  .or(assignableTo(NetworkChannel.class))
                  .or(assignableTo(javax.net.SocketFactory.class)))
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..");

  @ArchTest
  static final ArchRule NOBODY_ASKS_THE_SYSTEM_FOR_NAMES =
      noClasses()
          .should()
          .callMethod(java.net.InetAddress.class, "getAllByName", String.class)
          .orShould()
          .callMethod(java.net.URL.class, "openConnection")
          .orShould()
          .callMethod(java.net.URL.class, "openStream");

  @ArchTest
  static final ArchRule ONLY_DNS_KNOWS_DNSJAVA =
      noClasses()
          .that()
          .resideOutsideOfPackage("maildrift.probes.dns..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.xbill..");

  /** java.util.regex can be made to run for hours by the text it reads. */
  @ArchTest
  static final ArchRule NO_REGEX_ON_WHAT_COMES_FROM_OUTSIDE =
      noClasses()
          .that()
          .areNotAssignableTo(Rule.class) // which checks its own id
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.regex..")
          .orShould()
          .callMethod(String.class, "matches", String.class)
          .orShould()
          .callMethod(String.class, "replaceAll", String.class, String.class)
          .orShould()
          .callMethod(String.class, "replaceFirst", String.class, String.class);

  /** It maps faß.de to fass.de, another domain. */
  @ArchTest
  static final ArchRule NO_OLD_IDN =
      noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.net.IDN");

  /** It decodes octets as ASCII and loses what is not. */
  @ArchTest
  static final ArchRule TEXTS_ARE_READ_AS_OCTETS =
      noClasses().should().callMethod(org.xbill.DNS.TXTRecord.class, "getStrings");

  @ArchTest
  static void everyPackageIsNullMarkedAndSaysWhatLivesThere(JavaClasses classes) {
    assertThat(classes)
        .allSatisfy(
            type -> assertThat(type.getPackage().isAnnotatedWith(NullMarked.class)).isTrue());
  }

  @ArchTest
  static void packagesAreNamedForWhatTheyHold(JavaClasses classes) {
    assertThat(classes)
        .extracting(JavaClass::getPackageName)
        .noneMatch(
            name -> NAMES_THAT_SAY_NOTHING.contains(name.substring(name.lastIndexOf('.') + 1)));
  }

  /** A split by one character is a plain search; anything else compiles a regular expression. */
  @Test
  void splitsAreByOneCharacter() throws IOException {
    var split = Pattern.compile("\\.split\\((.*)");
    var plain = Pattern.compile("^\"(?:[^\\\\.$|()\\[{^?*+\"]|\\\\\\\\[^0-9a-zA-Z])\"[,)].*");
    var offending = new ArrayList<String>();
    try (var sources = Files.walk(Path.of("src/main/java"))) {
      for (var source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        for (var line : Files.readAllLines(source)) {
          var found = split.matcher(line);
          if (found.find() && !plain.matcher(found.group(1)).matches()) {
            offending.add(source.getFileName() + ": " + line.strip());
          }
        }
      }
    }

    assertThat(offending).isEmpty();
  }
}
