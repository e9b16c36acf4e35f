package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// archiveFile is the data source archive_file: a zip of a directory.
type archiveFile struct{}

// model is the configuration and state of archive_file. Terraform itself refuses all other attributes of
// hashicorp/archive, by name.
type model struct {
	Type               types.String `tfsdk:"type"`
	SourceDir          types.String `tfsdk:"source_dir"`
	OutputPath         types.String `tfsdk:"output_path"`
	OutputFileMode     types.String `tfsdk:"output_file_mode"`
	OutputBase64Sha256 types.String `tfsdk:"output_base64sha256"`
}

func (archiveFile) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_file"
}

func (archiveFile) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"type":                schema.StringAttribute{Required: true, Description: "\"zip\"."},
		"source_dir":          schema.StringAttribute{Required: true, Description: "The directory whose files to archive."},
		"output_path":         schema.StringAttribute{Required: true, Description: "The path of the archive to write."},
		"output_file_mode":    schema.StringAttribute{Required: true, Description: "The octal mode of every archived file, for example \"0644\"."},
		"output_base64sha256": schema.StringAttribute{Computed: true, Description: "The SHA-256 checksum of the archive, in base64."},
	}}
}

// Read writes the archive and returns its checksum.
func (archiveFile) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var archive model
	response.Diagnostics.Append(request.Config.Get(ctx, &archive)...)
	if response.Diagnostics.HasError() {
		return
	}
	content, err := archive.zip()
	if err == nil {
		err = write(archive.OutputPath.ValueString(), content)
	}
	if err != nil {
		response.Diagnostics.AddError("The archive stub cannot make the archive", err.Error())
		return
	}
	sum := sha256.Sum256(content)
	archive.OutputBase64Sha256 = types.StringValue(base64.StdEncoding.EncodeToString(sum[:]))
	response.Diagnostics.Append(response.State.Set(ctx, archive)...)
}

// zip returns the bytes of the archive that hashicorp/archive makes. They depend on the files' names and
// contents and on the given mode only: not on dates, the umask, or the path of the directory.
func (m model) zip() ([]byte, error) {
	if kind := m.Type.ValueString(); kind != "zip" {
		return nil, fmt.Errorf("type is %q, and the stub makes only \"zip\"", kind)
	}
	mode, err := strconv.ParseUint(m.OutputFileMode.ValueString(), 8, 32)
	if err != nil || mode > 0o777 {
		return nil, fmt.Errorf("output_file_mode %q is not an octal file mode: write for example \"0644\"", m.OutputFileMode.ValueString())
	}
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	root := m.SourceDir.ValueString()
	err = filepath.WalkDir(root, func(path string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: filepath.ToSlash(name), Method: zip.Deflate}
		header.SetMode(fs.FileMode(mode))
		// Go's zero time, which wraps around to 2049 in a zip. Modified in place of the deprecated SetModTime
		// would add a timestamp that hashicorp/archive's zips do not have.
		header.SetModTime(time.Time{}) //nolint:staticcheck // see above
		entry, err := writer.CreateHeader(header)
		if err != nil {
			return err
		}
		_, err = entry.Write(content)
		return err
	})
	if err == nil {
		err = writer.Close()
	}
	return buffer.Bytes(), err
}

// write puts content at path, and creates the directories above it.
func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
