package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"lambda-metronome/archive-provider/internal/archive"
)

func newArchiveFile() datasource.DataSource { return archiveFile{} }

// archiveFile is the data source archive_file.
type archiveFile struct{}

var _ datasource.DataSourceWithValidateConfig = archiveFile{}

func (archiveFile) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_file"
}

// ValidateConfig refuses what the stand-in cannot make.
func (archiveFile) ValidateConfig(ctx context.Context, request datasource.ValidateConfigRequest, response *datasource.ValidateConfigResponse) {
	var kind, mode types.String
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root("type"), &kind)...)
	response.Diagnostics.Append(request.Config.GetAttribute(ctx, path.Root("output_file_mode"), &mode)...)
	if response.Diagnostics.HasError() {
		return
	}
	if known := !kind.IsUnknown() && !kind.IsNull(); known && kind.ValueString() != "zip" {
		response.Diagnostics.AddAttributeError(path.Root("type"), "Unsupported archive type",
			fmt.Sprintf("type is %q, and lambda-metronome's stand-in for hashicorp/archive %s makes only \"zip\". "+
				"Write type = \"zip\", or put the real provider into the filesystem mirror, for example with terraform providers mirror.",
				kind.ValueString(), version))
	}
	if !mode.IsUnknown() {
		if _, err := archive.ParseFileMode(mode.ValueString()); err != nil {
			response.Diagnostics.AddAttributeError(path.Root("output_file_mode"), "Invalid file mode", err.Error())
		}
	}
}

// Read writes the archive and returns its checksums.
func (archiveFile) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var model archiveFileModel
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	entries, err := model.entries(ctx)
	if err != nil {
		response.Diagnostics.AddError("Archive creation error", err.Error())
		return
	}
	content, err := archive.Zip(entries)
	if err == nil {
		err = archive.Write(model.OutputPath.ValueString(), content)
	}
	if err != nil {
		response.Diagnostics.AddError("Archive creation error", err.Error())
		return
	}
	model.describe(content)
	response.Diagnostics.Append(response.State.Set(ctx, model)...)
}
