namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>A picture of nothing in particular, for when somebody looks over a shoulder and scripts are off.</summary>
public class PictureModel : ChildModePage
{
    public void OnGet()
    {
    }
}
