package maildrift.monitor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** Each outside library has one home, and the daemon's parts do not know who wires them. */
@AnalyzeClasses(packages = "maildrift.monitor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final Set<String> NAMES_THAT_SAY_NOTHING =
      Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl", "misc");

  @ArchTest
  static final ArchRule ONLY_THE_SCHEDULE_KNOWS_QUARTZ =
      onlyIn("maildrift.monitor.schedule..", "org.quartz..");

  @ArchTest
  static final ArchRule ONLY_METRICS_KNOW_MICROMETER =
      onlyIn("maildrift.monitor.metrics..", "io.micrometer..", "io.prometheus..");

  @ArchTest
  static final ArchRule ONLY_THE_STORE_KNOWS_DATABASES =
      onlyIn(
          "maildrift.monitor.store..",
          "java.sql..",
          "javax.sql..",
          "org.h2..",
          "org.postgresql..",
          "org.jdbi..",
          "com.zaxxer..",
          "org.flywaydb..");

  @ArchTest
  static final ArchRule NOBODY_SPEAKS_DNS_BUT_THROUGH_PROBES =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.xbill..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_PICOCLI =
      onlyIn("maildrift.monitor.cli..", "picocli..");

  @ArchTest
  static final ArchRule ONLY_THE_CONFIGURATION_KNOWS_YAML =
      onlyIn("maildrift.monitor.config..", "org.snakeyaml..", "com.networknt..");

  @ArchTest
  static final ArchRule ONLY_THE_WEB_SCHEDULE_AND_WIRING_KNOW_VERTX =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "maildrift.monitor.web..", "maildrift.monitor.schedule..", "maildrift.monitor.wiring")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..");

  @ArchTest
  static final ArchRule PARTS_DO_NOT_KNOW_WHO_WIRES_THEM =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "maildrift.monitor",
              "maildrift.monitor.wiring",
              "maildrift.monitor.cli",
              "maildrift.monitor.demo")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "maildrift.monitor.wiring", "maildrift.monitor.cli", "maildrift.monitor.demo");

  @ArchTest
  static final ArchRule NO_REGEX_ON_RECORDS =
      noClasses()
          .that()
          .resideInAnyPackage(
              "maildrift.monitor.drift..",
              "maildrift.monitor.state..",
              "maildrift.monitor.watch..",
              "maildrift.monitor.web..",
              "maildrift.monitor.json..",
              "maildrift.monitor.metrics..",
              "maildrift.monitor.check..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.regex..")
          .orShould()
          .callMethod(String.class, "matches", String.class)
          .orShould()
          .callMethod(String.class, "replaceAll", String.class, String.class)
          .orShould()
          .callMethod(String.class, "split", String.class);

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

  private static ArchRule onlyIn(String home, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries);
  }
}
