import jetbrains.buildServer.configs.kotlin.*
import jetbrains.buildServer.configs.kotlin.buildSteps.script
import jetbrains.buildServer.configs.kotlin.failureConditions.BuildFailureOnMetric
import jetbrains.buildServer.configs.kotlin.failureConditions.failOnMetricChange
import jetbrains.buildServer.configs.kotlin.projectFeatures.buildReportTab
import jetbrains.buildServer.configs.kotlin.triggers.vcs

version = "2025.03"

project {
    buildType(Gate)
    buildType(Demo)
    features {
        // The HTML report as a tab of the build.
        buildReportTab {
            title = "scangate"
            startPage = "scangate/report/index.html"
        }
    }
}

/** Scans what scangate.yml names. The verdict comes as build problems, tests, inspections and statistics. */
object Gate : BuildType({
    name = "Security gate"

    params {
        // Credentials of the platform; TeamCity masks parameters of this type in the log.
        param("env.SCANGATE_QUALYS_USERNAME", "builder")
        password("env.SCANGATE_QUALYS_PASSWORD", "credentialsJSON:00000000-0000-4000-8000-000000000000")
        // TeamCity hands no branch to a process by itself.
        param("env.TEAMCITY_BUILD_BRANCH", "%teamcity.build.branch%")
    }

    vcs { root(DslContext.settingsRoot) }

    steps {
        script {
            name = "Scan and judge"
            scriptContent = "npx --yes scangate@0.1.0 run"
        }
    }

    failureConditions {
        // Beside the policy: never more high findings than in the last good build.
        failOnMetricChange {
            metric = BuildFailureOnMetric.MetricType.TEST_COUNT
            threshold = 0
            units = BuildFailureOnMetric.MetricUnit.DEFAULT_UNIT
            comparison = BuildFailureOnMetric.MetricComparison.MORE
            compareTo = build { buildRule = lastSuccessful() }
            param("metricKey", "scangate.findings.high")
        }
    }

    triggers { vcs { } }
})

/** The whole path without an account, against a simulator of the platform on the agent. */
object Demo : BuildType({
    name = "Demo of the gate"

    vcs { root(DslContext.settingsRoot) }

    steps {
        script {
            name = "Demo"
            scriptContent = "npm ci && npm run demo"
        }
    }
})
