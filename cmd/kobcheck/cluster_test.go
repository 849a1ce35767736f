package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// TestOnACluster applies deploy/kubernetes to the cluster that KUBECONFIG names, in namespaces of its own, with a mock
// in them as the target.
func TestOnACluster(t *testing.T) {
	if os.Getenv("ON_A_CLUSTER") == "" {
		t.Skip("make cluster runs this; it takes a cluster that KUBECONFIG names")
	}
	t.Run("claim", func(t *testing.T) { onACluster(t, "claim", claimHere) })
	t.Run("bucket", func(t *testing.T) {
		if os.Getenv("BUCKET") == "" {
			t.Skip("no bucket: BUCKET names none that the pods reach (s3+http://host/bucket), nor AWS_ACCESS_KEY_ID its key")
		}
		onACluster(t, "bucket", strings.ReplaceAll(bucketHere, "BUCKET", os.Getenv("BUCKET")))
	})
}

func onACluster(t *testing.T, overlay, changes string) {
	const fault = "field.wallets-get.status.mistyped"
	c := newCluster(t, overlay, changes)
	t.Run("an API that conforms", func(t *testing.T) {
		c.mock(t)
		code, log := c.night(t, "green")
		require.Zero(t, code, log)
		code, log = c.load(t, "green", nil)
		require.Zero(t, code, log)
		require.Contains(t, log, "1200 samples", "the shards are counted together")
	})
	t.Run("an API with a fault", func(t *testing.T) {
		c.mock(t, "--fault", fault)
		code, log := c.night(t, "fault")
		require.Equal(t, evidence.ExitFailed, code, log)
		code, log = c.load(t, "fault", nil)
		require.Equal(t, evidence.ExitFailed, code, log)
		require.Contains(t, log, "WALLET-18")
	})
	t.Run("a shard is killed", func(t *testing.T) {
		c.mock(t)
		code, log := c.load(t, "killed", func() {
			pod := c.pod(t, "batch.kubernetes.io/job-name=kobcheck-load,batch.kubernetes.io/job-completion-index=2")
			require.Eventually(t, func() bool { return strings.Contains(c.log(t, pod), "cluster on mock") }, 5*time.Minute, time.Second)
			c.kubectl(t, "", "delete", "pod", pod, "--grace-period=1", "--wait=false")
		})
		require.Contains(t, []int{evidence.ExitUsage, evidence.ExitProvesNone}, code, log)
		require.Regexp(t, `shard 3/4|/2/load.json did not come`, log)
	})
	t.Run("a name that was used before", func(t *testing.T) {
		code, log := c.load(t, "green", nil)
		require.Equal(t, evidence.ExitUsage, code, log)
		require.Contains(t, log, "was merged into")
	})
}

// What a user adds to an overlay, here for the image and a load of twelve seconds.
const (
	usersOwn = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: NAMESPACE
images: [{name: ghcr.io/kobcheck/kobcheck, newName: IMAGE_NAME, newTag: IMAGE_TAG}]
patches:
  - target: {kind: Job, name: kobcheck-load}
    patch: '[{"op": "replace", "path": "/spec/template/spec/containers/0/args/1", "value": "/etc/kobcheck/cluster.yaml"}]'
`
	planHere = `id: cluster
kind: mixed
sentence: What four pods put on an API together is served.
arrivals: even
check_every: 5
lag: 2s
stages: [{rate: 100, for: 12s}]
mix: {cards-get: 6, cards-list: 1, wallets-get: 6, transactions-create: 4, transactions-manual-credit: 2, wallets-create: 2}
gates: [p99 < 10s, errors < 1%, rate >= 99%]
`
	// A class of storage, or the folder of a node where there is none; the overlay's claim is then bound to it.
	claimHere = usersOwn + `  - target: {kind: PersistentVolumeClaim}
    patch: '[{"op": "add", "path": "/spec/storageClassName", "value": "CLASS"}]'
configMapGenerator: [{name: kobcheck-place, behavior: merge, literals: [place=/results/NAMESPACE]}]
`
	bucketHere = usersOwn + `configMapGenerator: [{name: kobcheck-place, behavior: merge, literals: ["place=BUCKET/NAMESPACE"]}]
`
	volumeHere = `{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "NAMESPACE"}, "spec": {
  "capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteMany"], "storageClassName": "", "hostPath": {"path": "FOLDER"},
  "claimRef": {"namespace": "NAMESPACE", "name": "kobcheck"}}}`
	mockHere = `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "mock"}, "spec": {
  "automountServiceAccountToken": false, "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
  "containers": [{"name": "mock", "image": "IMAGE", "args": ARGUMENTS, "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
    "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}`
	allowedHere = `load:
  allow: true
  burst_notice: {reference: a test, from: YESTERDAYT00:00:00Z, to: TOMORROWT00:00:00Z}
  ceilings: {rate: 20000, requests: 1000000, entities: 100000, time: 2h, reference: a test, date: YESTERDAY}
`
)

// cluster is a namespace with an overlay as its user changed it, rendered.
type cluster struct{ namespace, image, rendered string }

// newCluster makes the namespace. Nothing is admitted into it that is not restricted.
func newCluster(t *testing.T, overlay, changes string) *cluster {
	t.Helper()
	c := &cluster{namespace: "kobcheck-test-" + uuid.NewString()[:8], image: os.Getenv("IMAGE")}
	name, tag, found := strings.Cut(c.image, ":")
	require.True(t, found, "IMAGE=%q has to name an image with its version, such as ghcr.io/kobcheck/kobcheck:0.1.0", c.image)
	folder, class := os.Getenv("NODE_FOLDER"), os.Getenv("STORAGE_CLASS")
	if folder == "" {
		folder = "/tmp" // in which anybody may make folders
	}
	fill := strings.NewReplacer("NAMESPACE", c.namespace, "IMAGE_NAME", name, "IMAGE_TAG", tag, "CLASS", class, "FOLDER", folder)
	own := t.TempDir()
	base, err := filepath.Abs("../../deploy/kubernetes/" + overlay)
	require.NoError(t, err)
	base, err = filepath.Rel(own, base)
	require.NoError(t, err)
	changes = fill.Replace(changes) + "resources: [" + filepath.ToSlash(base) + "]\n"
	require.NoError(t, os.WriteFile(filepath.Join(own, "kustomization.yaml"), []byte(changes), 0o600))
	c.rendered, err = tool(t, "KUSTOMIZE", "kubectl kustomize", "", own)
	require.NoError(t, err)
	c.kubectl(t, "", "create", "namespace", c.namespace)
	t.Cleanup(func() { c.kubectl(t, "", "delete", "namespace", c.namespace, "--wait=false") })
	c.kubectl(t, "", "label", "namespace", c.namespace, "pod-security.kubernetes.io/enforce=restricted")
	if overlay == "claim" && class == "" {
		c.kubectl(t, fill.Replace(volumeHere), "create", "-f", "-")
		t.Cleanup(func() { c.kubectl(t, "", "delete", "persistentvolume", c.namespace, "--wait=false") })
	}
	c.kubectl(t, c.rendered, "apply", "-f", "-", "-l", "app.kubernetes.io/component!=load")
	return c
}

// tool runs kubectl or kustomize, or what a variable names in their place.
func tool(t *testing.T, variable, usual, input string, arguments ...string) (string, error) {
	t.Helper()
	words := strings.Fields(os.Getenv(variable))
	if len(words) == 0 {
		words = strings.Fields(usual)
	}
	arguments = append(words[1:], arguments...)
	command := exec.CommandContext(context.Background(), words[0], arguments...) //nolint:gosec // the tool of who calls this
	command.Stdin = strings.NewReader(input)
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", words[0], strings.Join(arguments, " "), err, said.String())
	}
	return string(out), err
}

func (c *cluster) kubectl(t *testing.T, input string, arguments ...string) string {
	t.Helper()
	out, err := tool(t, "KUBECTL", "kubectl", input, append([]string{"--namespace", c.namespace}, arguments...)...)
	require.NoError(t, err)
	return out
}

// mock starts the mock anew as the target of all that follows.
func (c *cluster) mock(t *testing.T, more ...string) {
	t.Helper()
	const secret = "of-a-test-on-a-cluster"
	arguments, err := json.Marshal(append([]string{"mock", "--addr", "0.0.0.0:8080", "--secret", secret}, more...))
	require.NoError(t, err)
	c.kubectl(t, "", "delete", "pod", "mock", "--ignore-not-found", "--grace-period=1")
	c.kubectl(t, strings.NewReplacer("IMAGE", c.image, "ARGUMENTS", string(arguments)).Replace(mockHere), "create", "-f", "-")
	c.kubectl(t, "", "wait", "--for=condition=Ready", "--timeout=5m", "pod/mock")
	address := c.kubectl(t, "", "get", "pod", "mock", "-o", "jsonpath={.status.podIP}") + ":8080"

	text, code := kobcheck(t, "mock", "--print-target", "--addr", "127.0.0.1:8080", "--secret", secret)
	require.Zero(t, code, text)
	day := func(offset time.Duration) string { return time.Now().UTC().Add(offset).Format(time.DateOnly) }
	text = strings.ReplaceAll(text, "127.0.0.1:8080", address) +
		strings.NewReplacer("YESTERDAY", day(-24*time.Hour), "TOMORROW", day(48*time.Hour)).Replace(allowedHere)
	var secrets []string
	for _, key := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		secrets = append(secrets, "--from-literal="+key+"="+os.Getenv(key))
	}
	for _, found := range regexp.MustCompile(`export (\w+=\S+)`).FindAllStringSubmatch(text, -1) {
		secrets = append(secrets, "--from-literal="+found[1])
	}
	files := t.TempDir()
	for name, text := range map[string]string{"target.yaml": text, "known.yaml": "", "cluster.yaml": planHere} {
		require.NoError(t, os.WriteFile(filepath.Join(files, name), []byte(text), 0o600))
	}
	c.again(t, "configmap", "kobcheck-target", "--from-file="+files)
	c.again(t, append([]string{"secret", "generic", "kobcheck-secrets"}, secrets...)...)
}

// again creates something, or writes it anew.
func (c *cluster) again(t *testing.T, arguments ...string) {
	t.Helper()
	object := c.kubectl(t, "", append(append([]string{"create"}, arguments...), "--dry-run=client", "-o", "yaml")...)
	c.kubectl(t, object, "apply", "-f", "-")
}

// night runs the CronJob's job now, as fast as it goes, and returns how it ended.
func (c *cluster) night(t *testing.T, name string) (int, string) {
	t.Helper()
	var cron struct {
		Spec struct {
			JobTemplate struct {
				Spec map[string]any `json:"spec"`
			} `json:"jobTemplate"`
		} `json:"spec"`
	}
	require.NoError(t, json.Unmarshal([]byte(c.kubectl(t, "", "get", "cronjob", "kobcheck-nightly", "-o", "json")), &cron))
	job, err := json.Marshal(map[string]any{"apiVersion": "batch/v1", "kind": "Job", "metadata": map[string]any{"name": "night-" + name},
		"spec": cron.Spec.JobTemplate.Spec})
	require.NoError(t, err)
	faster := strings.Replace(string(job), `"--max-rps=20"`, `"--max-rps=1000"`, 1)
	require.NotEqual(t, string(job), faster)
	c.kubectl(t, faster, "create", "-f", "-")
	return c.ended(t, "night-"+name)
}

// load starts a load under a name, as docs/kubernetes.md says, and returns how the merge ended.
func (c *cluster) load(t *testing.T, name string, meanwhile func()) (int, string) {
	t.Helper()
	c.kubectl(t, "", "delete", "job", "kobcheck-load", "kobcheck-load-merge", "--ignore-not-found")
	c.again(t, "configmap", "kobcheck-load", "--from-literal=run="+name)
	c.kubectl(t, c.rendered, "apply", "-f", "-", "-l", "app.kubernetes.io/component=load")
	if meanwhile != nil {
		meanwhile()
	}
	return c.ended(t, "kobcheck-load-merge")
}

// ended waits for a job by the line that docs/kubernetes.md has for it, and returns the exit code of its pod and its log.
func (c *cluster) ended(t *testing.T, job string) (code int, log string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/kubernetes.md")
	require.NoError(t, err)
	line := strings.ReplaceAll(regexp.MustCompile(`(?m)^kubectl wait .*$`).FindString(string(page)), "kobcheck-load-merge", job)
	kubectl := os.Getenv("KUBECTL")
	if kubectl == "" {
		kubectl = "kubectl"
	}
	script := fmt.Sprintf("kubectl() { exec %s --namespace %s \"$@\"; }\n%s", kubectl, c.namespace, line)
	began := time.Now()
	log, err = tool(t, "", "bash -c", "", script)
	require.NoError(t, err)
	pod := c.pod(t, "job-name="+job)
	exit := c.kubectl(t, "", "get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}")
	_, err = fmt.Sscan(exit, &code)
	require.NoError(t, err, "%s has not ended: %q", pod, exit)
	failed := c.kubectl(t, "", "get", "job", job, "-o", "jsonpath={.status.conditions[?(@.type==\"Failed\")].status}")
	require.Equal(t, code != 0, failed == "True", "the job fails as its pod does")
	t.Logf("%s: exit code %d after %v", job, code, time.Since(began).Round(100*time.Millisecond))
	return code, log
}

// pod waits for the one pod of a label.
func (c *cluster) pod(t *testing.T, label string) (name string) {
	t.Helper()
	require.Eventually(t, func() bool {
		name = c.kubectl(t, "", "get", "pods", "-l", label, "-o", "jsonpath={.items[*].metadata.name}")
		return name != ""
	}, time.Minute, time.Second)
	return name
}

// log is what a pod has said so far; "" before it could.
func (c *cluster) log(t *testing.T, pod string) string {
	t.Helper()
	text, err := tool(t, "KUBECTL", "kubectl", "", "--namespace", c.namespace, "logs", pod)
	if err != nil {
		return ""
	}
	return text
}
