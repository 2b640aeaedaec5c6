<p>footer</p>
