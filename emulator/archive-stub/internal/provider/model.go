package provider

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"lambda-metronome/archive-provider/internal/archive"
)

// archiveFileModel is the configuration and state of archive_file.
type archiveFileModel struct {
	ID                        types.String `tfsdk:"id"`
	Type                      types.String `tfsdk:"type"`
	Source                    types.Set    `tfsdk:"source"`
	SourceContent             types.String `tfsdk:"source_content"`
	SourceContentFilename     types.String `tfsdk:"source_content_filename"`
	SourceFile                types.String `tfsdk:"source_file"`
	SourceDir                 types.String `tfsdk:"source_dir"`
	Excludes                  types.Set    `tfsdk:"excludes"`
	ExcludeSymlinkDirectories types.Bool   `tfsdk:"exclude_symlink_directories"`
	OutputPath                types.String `tfsdk:"output_path"`
	OutputFileMode            types.String `tfsdk:"output_file_mode"`
	OutputSize                types.Int64  `tfsdk:"output_size"`
	OutputSha                 types.String `tfsdk:"output_sha"`
	OutputSha256              types.String `tfsdk:"output_sha256"`
	OutputBase64Sha256        types.String `tfsdk:"output_base64sha256"`
	OutputSha512              types.String `tfsdk:"output_sha512"`
	OutputBase64Sha512        types.String `tfsdk:"output_base64sha512"`
	OutputMD5                 types.String `tfsdk:"output_md5"`
}

// sourceModel is one source block.
type sourceModel struct {
	Content  types.String `tfsdk:"content"`
	Filename types.String `tfsdk:"filename"`
}

// entries reads the sources that the configuration names.
func (m archiveFileModel) entries(ctx context.Context) ([]archive.Entry, error) {
	mode, err := archive.ParseFileMode(m.OutputFileMode.ValueString())
	if err != nil {
		return nil, err
	}
	switch {
	case !m.SourceDir.IsNull():
		var excludes []string
		if diagnostics := m.Excludes.ElementsAs(ctx, &excludes, false); diagnostics.HasError() {
			return nil, errors.New("excludes must be a set of strings without null")
		}
		return archive.FromDirectory(archive.Directory{
			Path:                      m.SourceDir.ValueString(),
			Excludes:                  excludes,
			ExcludeSymlinkDirectories: m.ExcludeSymlinkDirectories.ValueBool(),
			Output:                    m.OutputPath.ValueString(),
			Mode:                      mode,
		})
	case !m.SourceFile.IsNull():
		return archive.FromFile(m.SourceFile.ValueString(), mode)
	case !m.SourceContentFilename.IsNull():
		return archive.FromContent(map[string]string{m.SourceContentFilename.ValueString(): m.SourceContent.ValueString()}), nil
	default:
		return m.sourceEntries(ctx)
	}
}

// sourceEntries reads the source blocks.
func (m archiveFileModel) sourceEntries(ctx context.Context) ([]archive.Entry, error) {
	var sources []sourceModel
	if diagnostics := m.Source.ElementsAs(ctx, &sources, false); diagnostics.HasError() {
		return nil, errors.New("every source block needs content and filename")
	}
	contents := make(map[string]string, len(sources))
	for _, source := range sources {
		name := source.Filename.ValueString()
		if _, taken := contents[name]; taken {
			return nil, fmt.Errorf("two source blocks have the filename %q: give each its own", name)
		}
		contents[name] = source.Content.ValueString()
	}
	return archive.FromContent(contents), nil
}

// describe sets the computed attributes of an archive with this content.
func (m *archiveFileModel) describe(content []byte) {
	md5Sum, sha1Sum := md5.Sum(content), sha1.Sum(content)
	sha256Sum, sha512Sum := sha256.Sum256(content), sha512.Sum512(content)
	m.OutputSize = types.Int64Value(int64(len(content)))
	m.OutputMD5 = types.StringValue(hex.EncodeToString(md5Sum[:]))
	m.OutputSha = types.StringValue(hex.EncodeToString(sha1Sum[:]))
	m.OutputSha256 = types.StringValue(hex.EncodeToString(sha256Sum[:]))
	m.OutputBase64Sha256 = types.StringValue(base64.StdEncoding.EncodeToString(sha256Sum[:]))
	m.OutputSha512 = types.StringValue(hex.EncodeToString(sha512Sum[:]))
	m.OutputBase64Sha512 = types.StringValue(base64.StdEncoding.EncodeToString(sha512Sum[:]))
	m.ID = m.OutputSha
}
