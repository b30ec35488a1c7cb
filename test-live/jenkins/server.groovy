import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption

/*
 * As much of a Jenkins server as the step of the library sees: its steps, with stubs that record what they are given. `sh`
 * really runs its script, `stash` and `unstash` really carry files from one workspace to another.
 *
 * groovy server.groovy LIBRARY SCENARIOS RESULTS: reads a list of scenarios as JSON, writes a list of results as JSON.
 */

/** What the step `error` and a script that fails throw. */
class BuildFailed extends RuntimeException {

    BuildFailed(String message) {
        super(message)
    }

}

class Server {

    static final List PLUGIN_STEPS = ['junit', 'recordIssues', 'issues', 'sarif', 'publishHTML', 'archiveArtifacts']
    /** Words of the declarative form, which only hold others. */
    static final List BLOCKS = ['pipeline', 'stages', 'options', 'agent']

    final File library
    final Map scenario
    final File folder
    final List steps = []
    final Map env = [:]
    final Map bound = [:]
    final Map stashes = [:]
    String result = 'SUCCESS'
    String message
    int executors
    int workspaces

    Server(File library, Map scenario) {
        this.library = library
        this.scenario = scenario
        this.folder = new File(scenario.folder.toString())
        enterWorkspace()
    }

    Map run() {
        Object value = null
        try {
            value = script(scenario.script.toString(), 'Jenkinsfile', [scangate: step()]).run()
        } catch (BuildFailed failed) {
            result = 'FAILURE'
            message = failed.message
        }
        return [name: scenario.name, result: result, message: message, steps: steps, executors: executors,
                value: value instanceof Number ? value : null]
    }

    private Script step() {
        return script(new File(library, 'vars/scangate.groovy').text, 'scangate', [:])
    }

    private Script script(String text, String name, Map variables) {
        Map words = [env: env, scm: 'scm', none: 'none', any: 'any'] + variables
        // The annotation is the server's: it loads what is loaded here already.
        Script script = new GroovyShell(new Binding(words)).parse(text.replaceAll(/(?m)^@Library.*$/, ''), name)
        script.metaClass.methodMissing = { String method, Object args -> invoke(method, args as List) }
        return script
    }

    private Object invoke(String name, List args) {
        Object last = args ? args.last() : null
        Closure body = last instanceof Closure ? (Closure) last : null
        if (BLOCKS.contains(name)) {
            return body ? body() : null
        }
        // As the server does where no plugin brings a step.
        if (scenario.missing?.contains(name) || !(PLUGIN_STEPS.contains(name) || respondsTo(name))) {
            throw new NoSuchMethodError("No such DSL method '${name}' found among steps")
        }
        Object given = args && !(args[0] instanceof Closure) ? args[0] : [:]
        Map named = given instanceof Map ? (Map) given : [value: given]
        if (PLUGIN_STEPS.contains(name)) {
            return plugin(name, named)
        }
        return body ? "$name"(named, body) : "$name"(named)
    }

    private boolean respondsTo(String name) {
        return this.class.declaredMethods.any { method -> method.name == name && method.parameterTypes &&
            method.parameterTypes[0] == Map }
    }

    private void record(String name, Map values) {
        steps.add([step: name] + values)
    }

    private Object plugin(String name, Map args) {
        if (name in ['issues', 'sarif']) {
            return [(name): args]
        }
        record(name, args + [seen: filesOf(args)])
        return null
    }

    /** Which of the files that a plugin is pointed at are there when it looks. */
    private List filesOf(Map args) {
        Map target = args.target instanceof Map ? (Map) args.target : [:]
        List patterns = [args.testResults, args.artifacts]
        patterns.addAll(args.tool instanceof Map ? ((Map) args.tool).values()*.pattern : [])
        patterns.add(target ? "${target.reportDir}/${target.reportFiles}" : null)
        return patterns.findAll().collectMany { pattern -> find(pattern.toString()) }.sort()
    }

    private List find(String pattern) {
        Path root = new File(env.WORKSPACE.toString()).toPath()
        Object matcher = FileSystems.default.getPathMatcher("glob:${pattern}")
        List found = []
        root.toFile().eachFileRecurse { file ->
            Path path = root.relativize(file.toPath())
            if (file.isFile() && matcher.matches(path)) {
                found.add(path.toString())
            }
        }
        return found
    }

    private void enterWorkspace() {
        workspaces++
        File workspace = new File(folder, "workspace-${workspaces}")
        env.putAll([WORKSPACE: workspace.path, WORKSPACE_TMP: "${workspace.path}@tmp".toString()])
        [env.WORKSPACE, env.WORKSPACE_TMP].each { path -> new File(path.toString()).mkdirs() }
    }

    void node(Map args, Closure body) {
        enterWorkspace()
        record('node', args)
        executors++
        try {
            body()
        } finally {
            executors--
        }
    }

    void steps(Map args, Closure body) {
        node(args, body)
    }

    void stage(Map args, Closure body) {
        record('stage', args)
        body()
    }

    void timeout(Map args, Closure body) {
        record('timeout', args)
        body()
    }

    void sleep(Map args) {
        record('sleep', args + [executors: executors])
    }

    void label(Map args) {
        record('label', args)
    }

    void skipDefaultCheckout(Map args) {
        record('skipDefaultCheckout', args)
    }

    void checkout(Map args) {
        record('checkout', args)
        scenario.files.each { name, text -> write(new File(env.WORKSPACE.toString(), name.toString()), text.toString()) }
    }

    void stash(Map args) {
        List files = args.includes.toString().split(',').collectMany { pattern -> find(pattern) }
        stashes[args.name] = files.collectEntries { name -> [name, new File(env.WORKSPACE.toString(), name).bytes] }
        record('stash', [name: args.name, files: files.sort()])
    }

    void unstash(Map args) {
        stashes[args.value].each { name, bytes ->
            File file = new File(env.WORKSPACE.toString(), name.toString())
            file.parentFile.mkdirs()
            file.bytes = bytes
        }
        record('unstash', args)
    }

    Map usernamePassword(Map args) {
        return [usernamePassword: args]
    }

    Map string(Map args) {
        return [string: args]
    }

    /** Called with a list in front of the closure, which no Map is. */
    void withCredentials(Map args, Closure body) {
        List bindings = (List) args.value
        record('withCredentials', [bindings: bindings])
        for (Map binding : bindings) {
            Map wanted = (Map) binding.values()[0]
            Map secret = (Map) scenario.credentials[wanted.credentialsId]
            [(wanted.usernameVariable): secret.username, (wanted.passwordVariable): secret.password,
             (wanted.variable): secret.text].each { name, text ->
                if (name != null) {
                    bound[name] = text
                }
            }
        }
        try {
            body()
        } finally {
            bound.clear()
        }
    }

    String libraryResource(Map args) {
        return new File(library, "resources/${args.value}").text
    }

    void writeFile(Map args) {
        String name = args.file.toString()
        write(name.startsWith('/') ? new File(name) : new File(env.WORKSPACE.toString(), name), args.text.toString())
    }

    private void write(File file, String text) {
        file.parentFile.mkdirs()
        file.text = text
    }

    /** The script starts by its first line, as on a server; without one the server's would echo every command. */
    Object sh(Map args) {
        String text = (args.script ?: args.value).toString()
        File file = new File(env.WORKSPACE_TMP.toString(), 'script.sh')
        write(file, text.startsWith('#!') ? text : "#!/bin/sh -xe\n${text}")
        file.setExecutable(true)
        File output = new File(env.WORKSPACE_TMP.toString(), 'output')
        ProcessBuilder builder = new ProcessBuilder(file.path).directory(new File(env.WORKSPACE.toString()))
        builder.redirectErrorStream(true).redirectOutput(output)
        builder.environment().clear()
        ((Map) scenario.environment + env + bound).each { name, value ->
            builder.environment()[name.toString()] = value.toString()
        }
        int status = builder.start().waitFor()
        file.delete()
        record('sh', [label: args.label, status: status, output: output.text])
        if (args.returnStatus) {
            return status
        }
        if (status != 0) {
            throw new BuildFailed("script returned exit code ${status}")
        }
        return null
    }

    void echo(Map args) {
        record('echo', args)
    }

    void unstable(Map args) {
        record('unstable', args)
        result = 'UNSTABLE'
        message = args.value
    }

    void error(Map args) {
        throw new BuildFailed(args.value.toString())
    }

}

List results = new JsonSlurper().parse(new File(args[1])).collect { scenario ->
    new Server(new File(args[0]), scenario).run()
}
File temporary = new File("${args[2]}.tmp")
temporary.text = JsonOutput.toJson(results)
Files.move(temporary.toPath(), new File(args[2]).toPath(), StandardCopyOption.ATOMIC_MOVE)
