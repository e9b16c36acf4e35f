package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// server is the stub as Terraform sees it.
func server(t *testing.T) tfprotov5.ProviderServer {
	t.Helper()
	server, err := providerserver.NewProtocol5WithError(newProvider())()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// value is a configuration with these attributes; all others are null.
func value(t *testing.T, object tftypes.Object, attributes map[string]string) *tfprotov5.DynamicValue {
	t.Helper()
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
		if text, isSet := attributes[name]; isSet {
			values[name] = tftypes.NewValue(kind, text)
		}
	}
	encoded, err := tfprotov5.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

// problems joins the errors among diagnostics.
func problems(diagnostics []*tfprotov5.Diagnostic) string {
	var found []string
	for _, diagnostic := range diagnostics {
		found = append(found, diagnostic.Summary+": "+diagnostic.Detail)
	}
	return strings.Join(found, "\n")
}

// read asks for an archive_file as Terraform does, and returns its checksum or the problems.
func read(t *testing.T, attributes map[string]string) (sum, problem string) {
	t.Helper()
	server := server(t)
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov5.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	object := schemas.DataSourceSchemas["archive_file"].ValueType().(tftypes.Object)
	response, err := server.ReadDataSource(context.Background(), &tfprotov5.ReadDataSourceRequest{
		TypeName: "archive_file", Config: value(t, object, attributes),
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := problems(response.Diagnostics); found != "" {
		return "", found
	}
	state, err := response.State.Unmarshal(object)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]tftypes.Value{}
	if err := state.As(&values); err != nil {
		t.Fatal(err)
	}
	if err := values["output_base64sha256"].As(&sum); err != nil {
		t.Fatal(err)
	}
	return sum, ""
}

// The checksum is the one that hashicorp/archive's own acceptance tests publish for these files.
func TestRead_MakesTheZipOfHashicorpArchive(t *testing.T) {
	want := "ydB8wtq8nK9vQ77VH6YTwoHmyljK46jW+uIJSwCzNpo="
	for _, mode := range []os.FileMode{0o644, 0o600} {
		directory := t.TempDir()
		for _, name := range []string{"file2.txt", "file1.txt", "file3.txt"} {
			path := filepath.Join(directory, name)
			if err := os.WriteFile(path, []byte("This is file "+name[4:5]), mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, time.Unix(1, 0), time.Unix(int64(mode), 0)); err != nil {
				t.Fatal(err)
			}
		}
		output := filepath.Join(t.TempDir(), "new", "out.zip")
		sum, problem := read(t, map[string]string{
			"type": "zip", "source_dir": directory, "output_path": output, "output_file_mode": "0666",
		})
		if sum != want || problem != "" {
			t.Errorf("got %q, want %q; problem %q", sum, want, problem)
		}
		if _, err := os.Stat(output); err != nil {
			t.Error(err)
		}
	}
}

func TestRead_SaysWhatItCannotMake(t *testing.T) {
	for _, test := range []struct{ kind, directory, mode, want string }{
		{"tar.gz", ".", "0644", `makes only "zip"`},
		{"zip", ".", "rw-r--r--", "not an octal file mode"},
		{"zip", "no such directory", "0644", "no such directory"},
	} {
		output := filepath.Join(t.TempDir(), "out.zip")
		_, problem := read(t, map[string]string{
			"type": test.kind, "source_dir": test.directory, "output_path": output, "output_file_mode": test.mode,
		})
		if !strings.Contains(problem, test.want) {
			t.Errorf("got %q, want %q in it", problem, test.want)
		}
	}
}

func TestConfigure_ServesTheLocalEnvironmentOnly(t *testing.T) {
	configure := func(permissionValue string) string {
		t.Setenv(permission, permissionValue)
		empty := value(t, tftypes.Object{}, nil)
		response, err := server(t).ConfigureProvider(context.Background(), &tfprotov5.ConfigureProviderRequest{Config: empty})
		if err != nil {
			t.Fatal(err)
		}
		return problems(response.Diagnostics)
	}
	if found := configure("prod"); !strings.Contains(found, permission+` is "prod"`) {
		t.Errorf("got %q", found)
	}
	if found := configure(permitted); found != "" {
		t.Errorf("got %q", found)
	}
}
