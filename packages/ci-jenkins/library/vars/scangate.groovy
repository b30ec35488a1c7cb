/**
 * The security gate as a pipeline step. Runs scangate, hands its reports to the plugins of this server, and sets the
 * result: violated and inconclusive fail the build, each in its own words; a warning makes it unstable.
 *
 * See scangate.txt for the parameters. Texts are made Strings by name: the CPS form of a declared type does not do it,
 * and a GString is in no list of Strings.
 */
def call(Map args = [:]) {
    String command = (args.command ?: 'run').toString()
    refuse(command, args)
    String out = (args.out ?: 'scangate-out').toString()
    int status = inCredentials(args) { execute(command, out, args) }
    if (args.returnTimeout == true && status == 5) {
        return status
    }
    if (command != 'start' && args.publish != false) {
        publish(out, args)
    }
    if (args.returnStatus != true) {
        conclude(status)
    }
    return status
}

/** What would be passed over in silence, or end in a riddle, is refused by its name. */
private void refuse(String command, Map args) {
    if (!(command in ['run', 'start', 'collect', 'evaluate'])) {
        error("scangate: the command is run, start, collect or evaluate, not ${command}")
    }
    List known = ['command', 'targets', 'reports', 'config', 'policy', 'failOn', 'out', 'state', 'options', 'quiet',
                  'credentialsId', 'credentialsType', 'publish', 'issues', 'html', 'archive', 'id', 'name',
                  'returnStatus', 'returnTimeout']
    List unknown = []
    for (String key : args.keySet()) {
        if (!known.contains(key)) {
            unknown.add(key)
        }
    }
    if (unknown) {
        error("scangate: unknown parameter ${unknown.join(', ')}; known are ${known.join(', ')}")
    }
    if (args.reports && command != 'evaluate') {
        error("scangate: reports belong to the command evaluate, not to ${command}")
    }
    if (args.targets && command == 'evaluate') {
        error('scangate: targets belong to the commands run, start and collect; evaluate is given reports')
    }
    if (!(args.issues in [null, true, false, 'native', 'sarif'])) {
        error("scangate: issues is native, sarif or false, not ${args.issues}")
    }
}

/** Binds the credentials of this server under the names that scangate reads; the log masks them. */
private int inCredentials(Map args, Closure<Integer> body) {
    if (!args.credentialsId) {
        return body()
    }
    String id = args.credentialsId.toString()
    String type = (args.credentialsType ?: 'password').toString()
    List bindings
    switch (type) {
        case 'password':
            bindings = [usernamePassword(credentialsId: id, usernameVariable: 'SCANGATE_QUALYS_USERNAME',
                                         passwordVariable: 'SCANGATE_QUALYS_PASSWORD')]
            break
        case 'client':
            bindings = [usernamePassword(credentialsId: id, usernameVariable: 'SCANGATE_QUALYS_CLIENT_ID',
                                         passwordVariable: 'SCANGATE_QUALYS_CLIENT_SECRET')]
            break
        case 'token':
            bindings = [string(credentialsId: id, variable: 'SCANGATE_QUALYS_TOKEN')]
            break
        default:
            error("scangate: credentialsType is password, client or token, not ${type}")
    }
    int status = 70
    withCredentials(bindings) {
        status = body()
    }
    return status
}

private int execute(String command, String out, Map args) {
    // Beside the workspace: a file in it would be archived, scanned and left behind.
    String folder = env.WORKSPACE_TMP ?: "${env.WORKSPACE}@tmp"
    String wrapper = "${folder}/scangate-${UUID.randomUUID()}.sh"
    writeFile(file: wrapper, text: libraryResource('scangate/scangate.sh'))
    List words = ['sh', wrapper, command] + optionsOf(command, out, args)
    List lines = ['#!/bin/sh']
    if (command != 'start') {
        // Reports of an earlier build in this workspace are no news of this one.
        for (String old : ['verdict.json', 'findings.ndjson', 'junit.xml', 'scangate.sarif', 'summary.md',
                           'jenkins-issues.json', 'report/index.html']) {
            lines.add("rm -f -- ${quote(out + '/' + old)}")
        }
    }
    lines.addAll([quoteAll(words), 'status=$?', "rm -f -- ${quote(wrapper)}", 'exit $status'])
    return sh(label: "scangate ${command}", returnStatus: true, script: lines.join('\n')) as int
}

private List optionsOf(String command, String out, Map args) {
    List words = []
    if (command != 'start') {
        words.addAll(['--out', out, '--exit-on-warn'])
    }
    // So that start and collect can be given the same parameters: nothing is judged at the start.
    Map foreign = [start: ['policy', 'failOn'], evaluate: ['state']]
    Map flags = [config: '--config', state: '--state', policy: '--policy', failOn: '--fail-on']
    for (String name : flags.keySet()) {
        for (Object value : foreign[command]?.contains(name) ? [] : listOf(args[name])) {
            words.addAll([flags[name], value])
        }
    }
    if (args.quiet == true) {
        words.add('--quiet')
    }
    words.addAll(listOf(args.options))
    // What follows is a name, whatever it begins with.
    words.add('--')
    words.addAll(listOf(command == 'evaluate' ? args.reports : args.targets))
    return words
}

private List listOf(Object value) {
    if (value == null || value == '') {
        return []
    }
    return value instanceof Collection ? new ArrayList(value) : [value]
}

private String quoteAll(List words) {
    List quoted = []
    for (Object word : words) {
        quoted.add(quote(word.toString()))
    }
    return quoted.join(' ')
}

/** One word for a POSIX shell, whatever it holds. */
private String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'"
}

/** Hands over what was written. A plugin that is missing is named in the log and changes nothing. */
private void publish(String out, Map args) {
    // The build result is decided by the exit status alone.
    tell('junit') {
        junit(testResults: "${out}/junit.xml", allowEmptyResults: true, skipMarkingBuildUnstable: true,
              skipMarkingStageUnstable: true, skipPublishingChecks: true, skipOldReports: true)
    }
    String name = (args.name ?: 'scangate').toString()
    String id = (args.id ?: 'scangate').toString()
    if (args.issues != false) {
        tell('recordIssues') {
            Object tool = args.issues == 'sarif' ?
                sarif(pattern: "${out}/scangate.sarif", id: id, name: name) :
                issues(pattern: "${out}/jenkins-issues.json", id: id, name: name)
            recordIssues(tool: tool, enabledForFailure: true, skipBlames: true, quiet: true)
        }
    }
    if (args.html != false) {
        tell('publishHTML') {
            publishHTML(target: [reportDir: "${out}/report", reportFiles: 'index.html', reportName: name,
                                 keepAll: true, alwaysLinkToLastBuild: true, allowMissing: true])
        }
    }
    if (args.archive != false) {
        tell('archiveArtifacts') {
            archiveArtifacts(artifacts: "${out}/**", allowEmptyArchive: true, fingerprint: false)
        }
    }
}

private void tell(String step, Closure<?> body) {
    try {
        body()
    } catch (NoSuchMethodError missing) {
        echo("scangate: this server has no step ${step}, so its reports are not shown there (${missing.message})")
    }
}

private void conclude(int status) {
    Map words = [
        1: 'the policy is violated',
        2: 'the step is set up wrongly (usage)',
        4: 'inconclusive: not everything could be seen, so there is no verdict',
        5: 'the wait is over; the scan was not judged',
        6: 'the platform refused: credentials, permission or entitlement',
        70: 'internal error',
        75: 'temporary: quota or network, after all retries',
        130: 'interrupted',
        143: 'terminated',
    ]
    if (status == 3) {
        unstable('scangate: the policy warns; see the scangate report of this build')
    } else if (status != 0) {
        error("scangate: ${words[status] ?: 'it ended in an unknown way'} (exit ${status}); see the log of this step")
    }
}
