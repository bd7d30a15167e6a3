using System.Text.Json;
using ResNetSharp.Formats;

namespace ResNetSharp.Tests.Formats;

public sealed class PyTorchTests
{
    [SharedFact(TinyCorpus.Folder)]
    public void Good_files_load_with_the_expected_names_shapes_and_values()
    {
        var wrong = new List<string>();
        foreach (var (path, expected) in TinyCorpus.Files("torch", "load"))
        {
            using var file = WeightFile.Open(path);
            wrong.AddRange(TinyCorpus.Differences(path, file, file.Prefix, expected.GetProperty("tensors")));
            if (!expected.TryGetProperty("scalars", out var scalars)) continue;
            foreach (var scalar in scalars.EnumerateObject()) Assert.Equal(scalar.Value.ToString(), file.Metadata[scalar.Name]);
        }
        Assert.Empty(wrong);
    }

    [SharedFact(TinyCorpus.Folder)]
    public void Bad_files_are_refused_with_a_sentence_that_names_them()
    {
        var files = TinyCorpus.Files("torch", "refuse", "either").ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(f => new Func<string, WeightFile>[] { PyTorch.Open, WeightFile.Open }
            .Select(open => TinyCorpus.Refusal(f.Path, f.Expected.GetProperty("expect").GetString() == "either", path => TinyCorpus.ReadAll(open(path)))).OfType<string>()));
    }

    [SharedFact(TinyCorpus.Folder)]
    public void A_pickle_that_calls_a_program_is_refused_by_the_name_of_the_program()
    {
        foreach (var (file, name) in new[] { ("malicious-os-system.pt", "os.system"), ("malicious-newobj.pt", "subprocess.Popen"), ("malicious-stack-global.pt", "os.system"), ("malicious-builtins-eval.pt", "builtins.eval") })
        {
            var refusal = Assert.Throws<InvalidDataException>(() => PyTorch.Open(SharedData.Find($"{TinyCorpus.Folder}/torch/bad/{file}")!));
            Assert.Contains($"'{name}'", refusal.Message);
        }
    }

    [SharedTheory("data/weights/expected/tensors.json")]
    [InlineData("pytorch-legacy/resnet20-12fca82f.th", "pytorch-legacy/resnet20-12fca82f.th", WeightFormat.PyTorchLegacy)]
    [InlineData("pytorch-legacy/resnet32-d509ac18.th", "pytorch-legacy/resnet32-d509ac18.th", WeightFormat.PyTorchLegacy)]
    [InlineData("resnet20-12fca82f.pt", "pytorch-legacy/resnet20-12fca82f.th", WeightFormat.PyTorchZip)]
    [InlineData("resnet20-12fca82f.safetensors", "pytorch-legacy/resnet20-12fca82f.th", WeightFormat.SafeTensors)]
    public void Trained_networks_load_with_the_expected_values(string name, string expectedAs, WeightFormat format)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("data/weights/expected/tensors.json")!));
        using var file = WeightFile.Open(SharedData.Find("data/weights/" + name)!);
        Assert.Equal(format, file.Format);
        Assert.Empty(TinyCorpus.Differences(name, file, "", document.RootElement.GetProperty(expectedAs).GetProperty("tensors")));
        if (format != WeightFormat.SafeTensors) Assert.Equal("state_dict.module.", file.Prefix);
    }

    [SharedFact("data/broken/resnet18-5c106cde.pth")]
    public void A_download_that_was_cut_short_is_refused()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => WeightFile.Open(SharedData.Find("data/broken/resnet18-5c106cde.pth")!));
        Assert.Contains("cut short", refusal.Message);
    }

    [SharedTheory(ZooFile.Folder)]
    [InlineData("torch_resnet50.pth", "", 320, 25_557_032 + 53_120 + 53)]
    [InlineData("torch_resnet18_legacy.pth", "", 122, 11_689_512 + 9_600 + 20)]
    [InlineData("torch_resnext50_checkpoint.pt", "state_dict.module.", 320, 25_028_904 + 68_224 + 53)]
    public void Full_size_files_hold_the_generated_values(string name, string prefix, int tensors, long values)
    {
        using var file = WeightFile.Open(ZooFile.Unpack(name), name);
        Assert.Equal(prefix, file.Prefix);
        Assert.Equal(tensors, file.Count);
        Assert.Equal(values, file.Sum(t => t.Count));
        var scale = file["layer3.1.bn2.weight"].ToFloats();
        for (int i = 0; i < scale.Length; i++) Assert.Equal(ZooFile.Scale("layer3.1.bn2.weight", i), scale[i]);
        var mean = file["layer4.0.downsample.1.running_mean"].ToFloats();
        for (int i = 0; i < mean.Length; i++) Assert.Equal(ZooFile.Bias("layer4.0.downsample.1.running_mean", i), mean[i]);
    }
}
