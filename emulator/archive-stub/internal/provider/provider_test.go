package provider

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// config is what a test sets of archive_file; everything else is null.
type config map[string]any

// server is the provider as Terraform sees it.
func server(t *testing.T) tfprotov5.ProviderServer {
	t.Helper()
	server, err := providerserver.NewProtocol5WithError(New())()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// objectType is the type of archive_file's configuration and state.
func objectType(t *testing.T, server tfprotov5.ProviderServer) tftypes.Object {
	t.Helper()
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov5.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schemas.DataSourceSchemas["archive_file"].ValueType().(tftypes.Object)
}

// encode makes Terraform's form of a configuration.
func (c config) encode(t *testing.T, object tftypes.Object) *tfprotov5.DynamicValue {
	t.Helper()
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		value := c[name]
		if set, isSet := kind.(tftypes.Set); isSet {
			elements := []tftypes.Value{}
			for _, element := range asSlice(value) {
				elements = append(elements, encodeElement(set.ElementType, element))
			}
			value = elements
			if len(elements) == 0 && name == "excludes" {
				value = nil
			}
		}
		values[name] = tftypes.NewValue(kind, value)
	}
	encoded, err := tfprotov5.NewDynamicValue(object, tftypes.NewValue(object, values))
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

func asSlice(value any) []any {
	elements, _ := value.([]any)
	return elements
}

func encodeElement(kind tftypes.Type, element any) tftypes.Value {
	fields, isBlock := element.(map[string]string)
	if !isBlock {
		return tftypes.NewValue(kind, element)
	}
	values := map[string]tftypes.Value{}
	for name, value := range fields {
		values[name] = tftypes.NewValue(tftypes.String, value)
	}
	return tftypes.NewValue(kind, values)
}

// problems joins the errors among diagnostics.
func problems(diagnostics []*tfprotov5.Diagnostic) string {
	var found []string
	for _, diagnostic := range diagnostics {
		found = append(found, diagnostic.Summary+": "+diagnostic.Detail)
	}
	return strings.Join(found, "\n")
}

// read asks for the data source as Terraform does, and returns its attributes or the problems.
func read(t *testing.T, c config) (map[string]tftypes.Value, string) {
	t.Helper()
	server := server(t)
	object := objectType(t, server)
	encoded := c.encode(t, object)
	validated, err := server.ValidateDataSourceConfig(context.Background(),
		&tfprotov5.ValidateDataSourceConfigRequest{TypeName: "archive_file", Config: encoded})
	if err != nil {
		t.Fatal(err)
	}
	if found := problems(validated.Diagnostics); found != "" {
		return nil, found
	}
	response, err := server.ReadDataSource(context.Background(),
		&tfprotov5.ReadDataSourceRequest{TypeName: "archive_file", Config: encoded})
	if err != nil {
		t.Fatal(err)
	}
	if found := problems(response.Diagnostics); found != "" {
		return nil, found
	}
	state, err := response.State.Unmarshal(object)
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]tftypes.Value{}
	if err := state.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes, ""
}

func text(t *testing.T, value tftypes.Value) string {
	t.Helper()
	var text string
	if err := value.As(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSchema_HasTheAttributesOfHashicorpArchive(t *testing.T) {
	want := "exclude_symlink_directories excludes id output_base64sha256 output_base64sha512 output_file_mode output_md5 " +
		"output_path output_sha output_sha256 output_sha512 output_size source source_content source_content_filename " +
		"source_dir source_file type"
	object := objectType(t, server(t))
	for _, name := range strings.Fields(want) {
		if _, has := object.AttributeTypes[name]; !has {
			t.Errorf("no attribute %s", name)
		}
	}
	if got := len(object.AttributeTypes); got != len(strings.Fields(want)) {
		t.Errorf("%d attributes, want %d", got, len(strings.Fields(want)))
	}
}

func TestRead_ChecksumsOfHashicorpArchive(t *testing.T) {
	output := filepath.Join(t.TempDir(), "new", "out.zip")
	want := map[string]string{
		"id":                  "019c79c4dc14dbe1edb3e467b2de6a6aad148717",
		"output_sha":          "019c79c4dc14dbe1edb3e467b2de6a6aad148717",
		"output_md5":          "ea35f0444ea9a3d5641d8760bc2815cc",
		"output_sha256":       "3fb55c931a048943b8d7558dde7c2e4bfc8e04be33b1b55691053d1352391fa7",
		"output_base64sha256": "P7VckxoEiUO411WN3nwuS/yOBL4zsbVWkQU9E1I5H6c=",
		"output_sha512":       "57e2d073dce214609bd61113b90b0b2b7c75034047224d56e35f363c8f2662e3acd561eebf94826a67453411181eca7e1cbf15db1f2fdd496cf13df46b7848c3",
		"output_base64sha512": "V+LQc9ziFGCb1hETuQsLK3x1A0BHIk1W4182PI8mYuOs1WHuv5SCamdFNBEYHsp+HL8V2x8v3Uls8T30a3hIww==",
	}
	for _, source := range []config{
		{"source_content": "This is some content", "source_content_filename": "content.txt"},
		{"source": []any{map[string]string{"content": "This is some content", "filename": "content.txt"}}},
	} {
		source["type"], source["output_path"] = "zip", output
		attributes, found := read(t, source)
		if found != "" {
			t.Fatal(found)
		}
		for name, value := range want {
			if got := text(t, attributes[name]); got != value {
				t.Errorf("%s is %s, want %s", name, got, value)
			}
		}
		if info, err := os.Stat(output); err != nil || info.Size() != 162 {
			t.Errorf("output: %v, error %v", info, err)
		}
	}
}

func TestRead_Directory(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"index.js", "index.js.map"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output := filepath.Join(t.TempDir(), "out.zip")
	base := config{"type": "zip", "source_dir": root, "output_path": output, "output_file_mode": "0644"}
	all, found := read(t, base)
	base["excludes"] = []any{"*.map"}
	some, foundExcluding := read(t, base)
	if found+foundExcluding != "" {
		t.Fatal(found, foundExcluding)
	}
	if text(t, all["output_sha256"]) == text(t, some["output_sha256"]) {
		t.Error("excludes changed nothing")
	}
}

func TestRead_Errors(t *testing.T) {
	twice := []any{map[string]string{"content": "a", "filename": "f"}, map[string]string{"content": "b", "filename": "f"}}
	for _, test := range []struct {
		config config
		want   string
	}{
		{config{}, "Exactly one of these attributes must be configured"},
		{config{"source_file": "f", "source_dir": "d"}, "Exactly one of these attributes must be configured"},
		{config{"source_content": "c"}, "source_content_filename"},
		{config{"source_file": "f", "excludes": []any{"x"}}, `"source_file" cannot be specified when "excludes" is specified`},
		{config{"source_file": "f", "output_file_mode": "644"}, `"644" is not an octal file mode`},
		{config{"source_file": "f", "type": "tar.gz"}, `makes only "zip"`},
		{config{"source_file": "no such file"}, `"no such file" does not exist`},
		{config{"source": twice}, `two source blocks have the filename "f"`},
	} {
		if test.config["type"] == nil {
			test.config["type"] = "zip"
		}
		test.config["output_path"] = filepath.Join(t.TempDir(), "out.zip")
		if _, found := read(t, test.config); !strings.Contains(found, test.want) {
			t.Errorf("%v: got %q, want %q in it", test.config, found, test.want)
		}
	}
}

func TestConfigure_ServesTheLocalEnvironmentOnly(t *testing.T) {
	configure := func() string {
		server := server(t)
		object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}
		empty, err := tfprotov5.NewDynamicValue(object, tftypes.NewValue(object, map[string]tftypes.Value{}))
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.ConfigureProvider(context.Background(), &tfprotov5.ConfigureProviderRequest{Config: &empty})
		if err != nil {
			t.Fatal(err)
		}
		return problems(response.Diagnostics)
	}
	t.Setenv(StandInVariable, "prod")
	if found := configure(); !strings.Contains(found, StandInVariable+` is "prod"`) {
		t.Errorf("got %q", found)
	}
	t.Setenv(StandInVariable, StandInValue)
	if found := configure(); found != "" {
		t.Errorf("got %q", found)
	}
}
