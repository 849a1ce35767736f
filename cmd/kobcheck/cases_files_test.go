package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // what Amazon SNS signs with in version 1
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// program builds the program once, for what belongs to a process: its environment.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "kobcheck-bin")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "kobcheck-bin", "kobcheck")
	return path, exec.Command("go", "build", "-o", path, ".").Run()
})

// Cases 32 and 44: a name that only the proxy knows, with http and with https.
func TestDoctorAsksTheProxyForANameThatOnlyTheProxyKnows(t *testing.T) {
	t.Parallel()
	binary, err := program()
	require.NoError(t, err)
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	api := httptest.NewServer(server)
	defer api.Close()
	address, err := url.Parse(api.URL)
	require.NoError(t, err)
	behind := httputil.NewSingleHostReverseProxy(address)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			http.Error(w, "not from here", http.StatusBadGateway)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	for scheme, says := range map[string][]string{
		"http":  {"fine name staging.example.test", "fine token primary"},
		"https": {"fine name staging.example.test", "BROKEN connection", "Bad Gateway"},
	} {
		path := writeTarget(t, server, scheme+"://staging.example.test")
		call := exec.Command(binary, "doctor", "--config", path)
		call.Env = append(os.Environ(), "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=")
		output, _ := call.CombinedOutput()
		for _, one := range says {
			require.Contains(t, flat(string(output)), one, scheme)
		}
	}
}

// Case 45: an API that demands a certificate of its callers.
func TestAnAPIThatDemandsACertificateIsTestedWithOurs(t *testing.T) {
	t.Parallel()
	ours, key := sign(t, &x509.Certificate{NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}},
		nil, nil)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	known := x509.NewCertPool()
	known.AddCert(ours)
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	front := httptest.NewUnstartedServer(server)
	front.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known}
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of who shows none
	front.StartTLS()
	defer front.Close()
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	tlsKeys := "\n  tls:\n    ca_file: " + write("ca.pem", "CERTIFICATE", front.Certificate().Raw)
	path := writeTarget(t, server, front.URL)
	rewrite(t, path, "target:\n", "target:"+tlsKeys+"\n")
	run := []string{"run", "--config", path, "--section", "clients", "--patience", "0s", "--out", filepath.Join(folder, "out")}
	output, code := kobcheck(t, run...)
	require.Equal(t, evidence.ExitInconclusive, code, output)
	require.Contains(t, flat(output), "target.tls.cert_file")
	rewrite(t, path, tlsKeys, tlsKeys+"\n    cert_file: "+write("own.pem", "CERTIFICATE", ours.Raw)+"\n    key_file: "+
		write("own.key", "PRIVATE KEY", der))
	output, code = kobcheck(t, run...)
	require.Zero(t, code, output)
}

// Cases 35 and 47: what Amazon's own validators accept.
func TestDeliveriesThatAmazonsValidatorsAcceptVerify(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		host, partition string
		subject         []string
	}{
		"35 of the region in China":       {host: "sns.cn-north-1.amazonaws.com.cn", partition: "aws-cn:sns:cn-north-1"},
		"47 with a subject that is empty": {host: "sns.ap-southeast-2.amazonaws.com", partition: "aws:sns:ap-southeast-2", subject: []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			message := map[string]string{"Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
				"TopicArn": "arn:" + c.partition + ":123456789012:kobble", "Message": `{"id":"1"}`, "Timestamp": "2026-11-28T15:00:00.000Z",
				"SignatureVersion": "1", "SigningCertURL": "https://" + c.host + "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
				"UnsubscribeURL": "https://" + c.host + "/?Action=Unsubscribe"}
			names := []string{"Message", "MessageId", "Timestamp", "TopicArn", "Type"}
			if c.subject != nil {
				message["Subject"] = c.subject[0]
				names = []string{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
			}
			var text strings.Builder
			for _, one := range names {
				text.WriteString(one + "\n" + message[one] + "\n")
			}
			sum := sha1.Sum([]byte(text.String())) //nolint:gosec // see above
			signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA1, sum[:])
			require.NoError(t, err)
			message["Signature"] = base64.StdEncoding.EncodeToString(signature)
			body, err := json.Marshal(message)
			require.NoError(t, err)
			at := time.Date(2026, 11, 28, 15, 10, 0, 0, time.UTC)
			template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: c.host}, DNSNames: []string{c.host},
				NotBefore: at.AddDate(0, -1, 0), NotAfter: at.AddDate(1, 0, 0)}
			raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
			require.NoError(t, err)
			folder := t.TempDir()
			delivery, certificate := filepath.Join(folder, "delivery.json"), filepath.Join(folder, "certificate.pem")
			require.NoError(t, os.WriteFile(delivery, body, 0o600))
			require.NoError(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
			output, code := kobcheck(t, "webhooks", "verify", delivery, "--certificate", certificate, "--at", at.Format(time.RFC3339))
			require.Zero(t, code, output)
			require.Contains(t, output, "the delivery verifies")
		})
	}
}

// Cases 26, 38 and 39: the files and names that a pipeline hands over.
func TestFilesOfAPipelineAreReadWholeOrRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	run := func(more ...string) (string, int) {
		return kobcheck(t, append([]string{"run", "--fault", "order.swap-3-4", "--requirement", "CARD-CREATE-15", "--out", folder}, more...)...)
	}
	output, code := run("--format", "json, junit,known")
	require.Equal(t, evidence.ExitFailed, code, output)
	require.FileExists(t, filepath.Join(folder, "junit.xml"))
	text, err := os.ReadFile(filepath.Join(folder, "new-failures.yaml"))
	require.NoError(t, err)
	entry := strings.NewReplacer(`reason: ""`, "reason: swap", `reference: ""`, "reference: KOB-1", `owner: ""`, "owner: cards", `until: ""`,
		"until: 2099-01-31").Replace(string(text))
	_, alone, _ := strings.Cut(entry, "\n")
	for says, list := range map[string]string{
		"the same entry stands at line":  entry + alone,
		"a second YAML document begins;": "[]\n---\n" + entry,
	} {
		known := filepath.Join(t.TempDir(), "known.yaml")
		require.NoError(t, os.WriteFile(known, []byte(list), 0o600))
		output, code = run("--known", known)
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, flat(output), says)
	}
}

// Cases 48 and 50: a part of a run is no run.
func TestAMissingShardIsNamedAndNoVerdictGiven(t *testing.T) {
	t.Parallel()
	for verb, c := range map[string]struct{ run, merge, file string }{
		"run":  {"run --section clients --shard 1/2", "report merge", "run.json"},
		"load": {"load mixed --time 0.2 --shard 1/2", "load merge", "load.json"},
	} {
		folder := t.TempDir()
		output, _ := kobcheck(t, append(strings.Fields(c.run), "--seed", "5", "--out", folder)...)
		require.FileExists(t, filepath.Join(folder, c.file), "%s: %s", verb, output)
		output, code := kobcheck(t, append(strings.Fields(c.merge), filepath.Join(folder, c.file), "--out", filepath.Join(folder, "merged"))...)
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, flat(output), "shard 2/2 is missing")
	}
}
